const CERTIFICATES = /^\s*(?:-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/;

/** Whether a text is one certificate or several in PEM (RFC 7468 §5); what they hold is not looked at. */
export function isPemCertificates(text: string): boolean {
  return CERTIFICATES.test(text);
}
