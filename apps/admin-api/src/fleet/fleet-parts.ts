import type { AdminApiConfig } from '../config.js';
import { Admission } from './admission.js';
import { ApiIdentity } from './api-identity.js';
import { FleetAuthority } from './fleet-authority.js';
import { FleetController } from './fleet.controller.js';
import { FleetServer } from './fleet-server.js';
import { Provisioner } from './provisioner.js';
import { ADMIN_API_CONFIG, InvitationDesk } from './invitation-desk.js';
import { RedisCertificate } from './redis-certificate.js';
import { RedisUsers } from './redis-users.js';
import { RevocationBoard } from './revocation-board.js';

export const FLEET_CONTROLLERS = [FleetController];

export const fleetProviders = (config: AdminApiConfig, authority: FleetAuthority) => [
  { provide: ADMIN_API_CONFIG, useValue: config },
  { provide: FleetAuthority, useValue: authority },
  ApiIdentity,
  ...[RedisUsers, RevocationBoard, InvitationDesk, Admission, Provisioner, RedisCertificate, FleetServer],
];
