import { requestRate } from '#scripts/bench/client/request-rate';
import type { Measurement } from '#scripts/bench/measurement';
import { ADMIN_BASIC, startRoadstead, tokenPath } from '#scripts/bench/peers/roadstead';
import { median, takeTurns } from '#scripts/bench/statistics';

const CONNECTIONS = 16;

export const tokenRate: Measurement = {
  name: 'token-rate',
  title: 'Token service',
  method: `GET /service/token with the same Basic credentials at ${CONNECTIONS} connections, warm. For information.`,
  async run({ scale, directory }) {
    await using roadstead = await startRoadstead(directory);
    const url = roadstead.origin + tokenPath(['library/small']);
    const rate = (seconds: number) =>
      requestRate({ url, headers: { Authorization: ADMIN_BASIC }, connections: CONNECTIONS, seconds });
    await roadstead.authorize('library/small'); // Has the password checked once.
    await rate(1); // Warms up.
    const contestants = [{ name: roadstead.name, measure: () => rate(scale.rateSeconds) }];
    const figures = await takeTurns(scale.runs, contestants);
    return {
      columns: ['', 'tokens/s'],
      rows: [[roadstead.name, median(figures.get(roadstead.name) ?? []).toFixed(0)]],
      targets: [],
    };
  },
};
