import { AppError } from '#core/errors';
import { parseReference, type Reference } from '#core/reference';

/** The tag or digest a path names; NOT_FOUND for what can be neither. */
export function referenceOfPath(text: string): Reference {
  const reference = parseReference(text);
  if (!reference) throw new AppError('NOT_FOUND', { message: 'invalid reference format' });
  return reference;
}
