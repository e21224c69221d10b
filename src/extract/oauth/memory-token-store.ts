import type { TokenSet, TokenStore } from '../../model/token.ts';

/**
 * Tokens of this process only, for installations without a `TOKEN_KEY` to store them. Its only user makes one refresh at a time,
 * so no lock is needed.
 */
export function createMemoryTokenStore(): TokenStore {
  const sets = new Map<string, TokenSet>();
  return {
    read: async (appKey) => sets.get(appKey) ?? null,
    async write(appKey, tokens) {
      sets.set(appKey, tokens);
    },
    async refreshOnce(appKey, staleAccessToken, refresh) {
      const current = sets.get(appKey);
      if (!current) throw new Error('a token is written before it is refreshed');
      if (current.accessToken.reveal() !== staleAccessToken.reveal()) return current;
      const fresh = await refresh(current);
      sets.set(appKey, fresh);
      return fresh;
    },
  };
}
