export {
  CertificateAuthority,
  type CertificateWish,
  type IssuedCertificate,
} from './certificate-authority.js';
export { redisRulesOf, redisUserOf, type RedisMember } from './redis-rules.js';
export { provisionMember, redisPasswordHashOf, type Provision } from './provision-member.js';
export { provisionServer, type ServerProvision } from './provision-server.js';
