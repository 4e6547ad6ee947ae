// A real OpenID provider (node-oidc-provider, certified) on loopback; its own pages log anybody in by name.
// Arguments: port, address to return to.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, returnTo] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
const client = (id) => ({
  client_id: id,
  client_secret: `${id}-secret-of-the-tests`,
  redirect_uris: returnTo.split(","),
  grant_types: ["authorization_code"],
  response_types: ["code"],
});

const provider = new Provider(issuer, {
  clients: [client("wufei"), client("hasty")],
  jwks: { keys: [{ ...key, use: "sig", alg: "RS256", kid: "tests" }] },
  cookies: { keys: ["only for tests"] },
  pkce: { required: () => true },
  ttl: {
    IdToken: (_context, _token, asking) => (asking.clientId === "hasty" ? 1 : 3600),
    AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, Interaction: 600, Session: 3600,
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log(`ready ${issuer}`));
