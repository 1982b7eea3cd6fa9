import { z } from 'zod';
import { parseLogEndpoint } from '#domain/audit/log-endpoint';

/** Whole numbers of at most ten digits, as Harbor takes them, also as text. */
const integer = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^-?\d{1,10}$/)
      .transform(Number),
  ])
  .pipe(z.int());
const text = z.string().max(4_096, 'is longer than 4096 characters');
const isHttpUrl = (value: string) => /^https?:\/\//i.test(value) && URL.canParse(value) && !URL.parse(value)?.username;

const textMap = z.record(z.string(), z.string());

/** JSON in a text, as Harbor's clients send maps. */
const textOfMap = z.string().transform((value, context) => {
  try {
    return JSON.parse(value === '' ? '{}' : value) as unknown;
  } catch {
    context.addIssue('must be a JSON object of texts');
    return z.NEVER;
  }
});

/** The types of settings, and what each takes from the wire. */
export const CONFIGURATION_TYPES = {
  text,
  secret: text,
  'non-empty-text': text.min(1, 'must not be empty'),
  'robot-prefix': text.regex(
    /^[^\s:/\\\p{Cc}]{1,64}$/u,
    'must be 1 to 64 characters without spaces, slashes and colons',
  ),
  boolean: z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]),
  'positive-integer': integer.refine((value) => value > 0 && value < 1e10, 'must be positive and of 10 digits at most'),
  quota: integer.refine((value) => value >= -1, 'must be -1 or more'),
  'ldap-scope': integer.refine((value) => value >= 0 && value <= 2, 'must be 0, 1 or 2'),
  'auth-mode': z.enum(['db_auth', 'ldap_auth', 'uaa_auth', 'http_auth', 'oidc_auth']),
  'project-creation': z.enum(['everyone', 'adminonly']),
  url: text.refine((value) => value === '' || isHttpUrl(value), 'must be an http or https URL without credentials'),
  'tcp-endpoint': text
    .trim()
    .refine(
      (value) => value === '' || parseLogEndpoint(value) !== undefined,
      'must be a host and a port, as logs.example.com:514',
    ),
  'text-map': z.union([textMap, textOfMap.pipe(textMap)]),
} as const satisfies Record<string, z.ZodType>;

export type ConfigurationType = keyof typeof CONFIGURATION_TYPES;
