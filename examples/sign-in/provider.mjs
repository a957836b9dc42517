// An identity provider for trying out the sign-in, and nothing else: it lets anybody in under any
// name and password. `anna` is of the group operators, everybody else of the readers.
//
//   npm install oidc-provider@8.8.1 && node provider.mjs

import { Provider } from 'oidc-provider';

const port = Number(process.env.PORT ?? 9000);
const carillon = process.env.CARILLON_ADDRESS ?? 'http://localhost:8080';

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    // The pages of Carillon, where people sign in.
    {
      client_id: 'carillon-pages',
      client_secret: 'a-secret-for-trying-it-out',
      redirect_uris: [`${carillon}/login/callback`],
    },
    // A program that calls the API.
    {
      client_id: 'deploys',
      client_secret: 'another-secret-for-trying-it-out',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
  ],
  scopes: ['openid', 'profile', 'email'],
  claims: { openid: ['sub'], profile: ['groups'], email: ['email'] },
  findAccount: (context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id}@acme.example`,
      groups: [id === 'anna' ? 'operators' : 'readers'],
    }),
  }),
  pkce: { required: () => true },
  features: {
    clientCredentials: { enabled: true },
    // Access tokens for the API are JSON Web Tokens with `aud`: `carillon`.
    resourceIndicators: {
      enabled: true,
      defaultResource: (context, client) =>
        client.clientId === 'deploys' ? 'urn:carillon' : undefined,
      getResourceServerInfo: () => ({
        scope: '',
        audience: 'carillon',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});

provider.listen(port, 'localhost', () => console.log(`listening on http://localhost:${port}`));
