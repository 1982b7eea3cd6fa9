import { requestRate } from '#scripts/bench/client/request-rate';
import type { Measurement, Target } from '#scripts/bench/measurement';
import { ADMIN_BASIC, startRoadstead, tokenPath } from '#scripts/bench/peers/roadstead';
import { median, takeTurns } from '#scripts/bench/statistics';

const CONNECTIONS = 16;
/** Tokens a second, with a token signed for each request; half of what is promised where one may be given again. */
const FLOOR_AGAIN = 1_000;
const FLOOR_SIGNED = 500;

export const tokenRate: Measurement = {
  name: 'token-rate',
  title: 'Token service',
  method: `GET /service/token with the same Basic credentials at ${CONNECTIONS} connections, warm. Every answer is signed anew: Roadstead gives no token twice, so one figure answers both promises.`,
  async run({ scale, directory }) {
    await using roadstead = await startRoadstead(directory);
    const url = roadstead.origin + tokenPath(['library/small']);
    const rate = (seconds: number) =>
      requestRate({ url, headers: { Authorization: ADMIN_BASIC }, connections: CONNECTIONS, seconds });
    await roadstead.authorize('library/small'); // Has the password checked once.
    await rate(1); // Warms up.
    const contestants = [{ name: roadstead.name, measure: () => rate(scale.rateSeconds) }];
    const figures = await takeTurns(scale.runs, contestants);
    const tokens = median(figures.get(roadstead.name) ?? []);
    return {
      columns: ['', 'tokens/s'],
      rows: [[roadstead.name, tokens.toFixed(0)]],
      targets: [
        rateTarget('tokens a second for the same caller and scopes', tokens, FLOOR_AGAIN),
        rateTarget('freshly signed tokens a second', tokens, FLOOR_SIGNED),
      ],
    };
  },
};

function rateTarget(what: string, measured: number, floor: number): Target {
  const promise = `${what} ≥ ${floor}`;
  return { promise, measured: measured.toFixed(0), holds: measured >= floor, isRequired: false };
}
