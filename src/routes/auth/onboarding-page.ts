import type { Context } from 'hono';
import { html } from 'hono/html';
import type { AppError } from '#core/errors';
import type { AppEnv } from '#routes/app-env';

/** This page's own style and its own form; no script, no frame, nothing from elsewhere. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 24rem; margin: 12vh auto; padding: 0 1.5rem; }
  h1 { margin: 0; font-size: 1.5rem; letter-spacing: -0.02em; }
  label { display: block; margin-top: 1.5rem; font-weight: 600; }
  input, button { box-sizing: border-box; width: 100%; padding: 0.5rem 0.75rem; font: inherit; }
  button { margin-top: 1rem; cursor: pointer; }
  [role=alert] { color: light-dark(#a40000, #ff9a9a); }
`;

export interface OnboardingForm {
  /** What the field holds at first. */
  readonly username: string;
  /** Why the last try failed. */
  readonly problem?: AppError;
}

/** The page where somebody whom the OIDC provider vouches for chooses the name of the new account. */
export function onboardingPage(
  c: Context<AppEnv>,
  { username, problem }: OnboardingForm,
): Response | Promise<Response> {
  c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
  const alert = problem ? html`<p id="problem" role="alert">${problem.message}</p>` : '';
  const body = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Choose a user name · Roadstead</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>Choose a user name</h1>
      <p>This is your first login here. The name is how others see you, and what you log in with from the command line;
        it cannot be changed later.</p>
      ${alert}
      <form method="post" action="/oidc-onboard">
        <label for="username">User name</label>
        <input id="username" name="username" value="${username.slice(0, 255)}" required maxlength="255" autofocus
          autocomplete="username" autocapitalize="none" spellcheck="false"${problem ? html` aria-describedby="problem"` : ''}>
        <button type="submit">Continue</button>
      </form>
    </main>
  </body>
</html>`;
  return c.html(body, problem?.status === 400 || problem?.status === 409 ? problem.status : 200);
}
