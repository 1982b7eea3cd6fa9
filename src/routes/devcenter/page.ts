/** Addresses are absolute: the page answers with and without a last slash. */
export const DEVCENTER_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Roadstead API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/devcenter-api-2.0/swagger-ui.css">
    <link rel="stylesheet" href="/devcenter-api-2.0/devcenter.css">
  </head>
  <body>
    <main id="api"><noscript>The document itself is at <a href="/api/v2.0/openapi.json">/api/v2.0/openapi.json</a>.</noscript></main>
    <script src="/devcenter-api-2.0/swagger-ui-bundle.js"></script>
    <script src="/devcenter-api-2.0/devcenter.js"></script>
  </body>
</html>
`;
