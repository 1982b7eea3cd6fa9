import { waitUntil } from 'cloudflare:workers';
import type { Background } from '#core/background';

/** Work the platform keeps the isolate alive for, up to 30 s after the answer. */
export const platformBackground: Background = (work) => waitUntil(work);
