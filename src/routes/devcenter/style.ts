/** Beside Swagger UI's own: what lets long paths and tables be read on a narrow screen. */
export const DEVCENTER_STYLE = `body { margin: 0; background: #fff; }
.swagger-ui .opblock .opblock-summary-path { word-break: break-word; }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 10px; }
  .swagger-ui .scheme-container .schemes { flex-wrap: wrap; gap: 10px; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; }
  .swagger-ui .parameters-col_description input, .swagger-ui .parameters-col_description textarea { max-width: 100%; width: 100%; }
  .swagger-ui table.parameters > tbody > tr, .swagger-ui table.parameters > tbody > tr > td { display: block; width: auto; }
  .swagger-ui table.parameters > thead { display: none; }
  .swagger-ui .response-col_links { display: none; }
  .swagger-ui .opblock-body pre.microlight { max-width: calc(100vw - 60px); overflow-x: auto; }
}
`;
