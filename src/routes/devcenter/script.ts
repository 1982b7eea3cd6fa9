/**
 * Shows the document, and lets requests through as a page of this site sends them: what a browser with a session changes
 * must carry the token of the last answer (`routes/middleware/csrf.ts`).
 */
export const DEVCENTER_SCRIPT = `'use strict';
const CSRF_HEADER = 'X-Harbor-CSRF-Token';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
let csrfToken;

async function withCsrfToken(request) {
  if (SAFE_METHODS.has((request.method || 'GET').toUpperCase())) return request;
  if (!csrfToken) csrfToken = (await fetch('/api/v2.0/systeminfo')).headers.get(CSRF_HEADER);
  if (csrfToken) request.headers[CSRF_HEADER] = csrfToken;
  return request;
}

function keepCsrfToken(response) {
  const headers = response.headers || {};
  csrfToken = headers[CSRF_HEADER.toLowerCase()] || csrfToken;
  return response;
}

SwaggerUIBundle({
  url: '/api/v2.0/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
  queryConfigEnabled: false,
  requestInterceptor: withCsrfToken,
  responseInterceptor: keepCsrfToken,
});
`;
