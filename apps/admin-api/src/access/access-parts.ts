import type { Provider, Type } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AuditController } from '../audit/audit.controller.js';
import { AuditInterceptor } from '../audit/audit-interceptor.js';
import { AuditLog } from '../audit/audit-log.js';
import type { AdminApiConfig } from '../config.js';
import { ACCESS_SETTINGS, accessSettings } from './access-settings.js';
import { AccessUpkeep } from './access-upkeep.js';
import { Gate } from './gate.js';
import { CallerIdentifier } from './identify-caller.js';
import { Login } from './login.js';
import { MeController } from './me.controller.js';
import { OwnPassword } from './own-password.js';
import { PasswordHasher } from './password-hash.js';
import { PlanLimits } from './plan-limits.js';
import { SessionController } from './session.controller.js';
import { TokenBook } from './token-book.js';
import { TokensController } from './tokens.controller.js';
import { UserBook } from './user-book.js';
import { UsersController } from './users.controller.js';

/** Who may do what, and what became of it. */
export const ACCESS_CONTROLLERS: Type[] = [
  MeController,
  SessionController,
  UsersController,
  TokensController,
  AuditController,
];

export function accessProviders(config: AdminApiConfig): Provider[] {
  return [
    { provide: ACCESS_SETTINGS, useValue: accessSettings(config) },
    ...[AuditLog, CallerIdentifier, PlanLimits, Gate],
    ...[PasswordHasher, Login, OwnPassword, UserBook, TokenBook, AccessUpkeep],
    { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
  ];
}
