export {
  CertificateAuthority,
  type CertificateWish,
  type IssuedCertificate,
} from './certificate-authority.js';
export { redisRulesOf, redisUserOf, type RedisMember } from './redis-rules.js';
