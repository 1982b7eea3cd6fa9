/** Encrypts what must be readable again, for the database. */
export interface SecretBox {
  seal(text: string): Promise<string>;
  /** Undefined when it was sealed under another key. */
  open(sealed: string): Promise<string | undefined>;
}
