import { createApp } from '#src/app';
import type { Env } from '#src/env';
import type { Services } from '#src/services';
import { operationOf, problemsOf } from '#test/support/recording/documented-operations';
import { recordAnswer } from '#test/support/recording/recorded-answers';

type Ask = (request: Request, env: Env, context: ExecutionContext) => Promise<Response>;

/**
 * The app, asked by tests: each answer of the API is compared with the OpenAPI document and recorded for the
 * compatibility report. Throws when the document does not tell of the answer, so that it stays true.
 */
export function createRecordedApp(provide: (env: Env) => Services): Ask {
  const app = createApp(provide);
  return async (request, env, context) => {
    const { method, url } = request;
    const response = await app.fetch(request, env, context);
    const operation = operationOf(method, url);
    if (!operation) return response;
    const problems = problemsOf(operation, response, await response.clone().text());
    if (problems.length > 0) {
      throw new Error(
        `${operation.operationId} answered ${response.status} otherwise than documented: ${problems.join('; ')}`,
      );
    }
    recordAnswer(operation.operationId, response.status);
    return response;
  };
}
