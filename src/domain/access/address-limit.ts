/** How many passwords an address may have checked, whatever the account; approximate, and never the only limit. */
export interface AddressLimit {
  admits(client: string): Promise<boolean>;
}
