import type { ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { usersExist, type Ledger } from '@periodic-backup/ledger';
import type { Logger, Registry } from '@periodic-backup/platform';
import { guardAccess } from './access/guard-access.js';
import { demandRights } from './access/route-rules.js';
import { AdminApiModule } from './admin-api.module.js';
import { refuseOpenApi, type AdminApiConfig } from './config.js';
import { FleetAuthority } from './fleet/fleet-authority.js';
import { fillFolders } from './fleet/fill-folders.js';
import { serveConsole } from './console/serve-console.js';
import { LEDGER, METRICS } from './connections/tokens.js';
import { acceptOnlyJson, limitDrain, measureRequests, setSafeHeaders } from './http/http-hooks.js';
import type { LauncherChannel } from './launcher/launcher-link.js';
import { nestLogger } from './http/nest-logger.js';
import { PROBLEM_TYPE, toProblem } from './http/problem.js';
import { ProblemFilter } from './http/problem-filter.js';
import { certificateSource } from './http/tls/certificate-source.js';
import { renewCertificates, tlsOptions } from './http/tls/serve-tls.js';
import { ValidationPipe } from './http/validation-pipe.js';
import { serveOpenApi } from './open-api.js';

const BODY_LIMIT_BYTES = 256 * 1024;
const DRAIN_DEADLINE_MS = 3000;

/** Opens the ledger and Redis, then listens. `app.close()` ends event streams, answers what runs, and closes both. */
export async function startAdminApi(
  given: AdminApiConfig,
  logger: Logger,
  launcher: LauncherChannel | null = given.UNDER_LAUNCHER === 'yes' ? process : null,
): Promise<NestFastifyApplication> {
  // Before anything else: Redis, agents and receivers may be waiting for their certificates.
  const authority = await FleetAuthority.open(given);
  const config = await fillFolders(given, authority);
  const certificates = certificateSource(config, authority, logger);
  const https = certificates && tlsOptions(await certificates.current());
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    frameworkErrors: refuseAddress,
    trustProxy: config.TRUST_PROXY ?? false,
    ...(https ? { https } : {}),
  });
  const module = AdminApiModule.with(config, logger, authority, launcher);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(logger),
    abortOnError: false,
    bodyParser: false,
    ...(https ? { httpsOptions: https } : {}),
  });
  demandRights(app);
  limitDrain(app, DRAIN_DEADLINE_MS);
  acceptOnlyJson(app);
  setSafeHeaders(app);
  measureRequests(app, app.get<Registry>(METRICS));
  guardAccess(app, logger);
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter(logger));
  serveConsole(app, config.CONSOLE_DIR);
  serveOpenApi(app);
  if (certificates) renewCertificates(app, certificates, logger);
  try {
    refuseOpenApi(config, await usersExist(app.get<Ledger>(LEDGER)));
    await app.listen(config.API_PORT, config.API_HOST);
  } catch (error) {
    await app.close();
    throw error;
  }
  logger.info({ url: await app.getUrl() }, 'the admin API listens');
  return app;
}

/** The router answers an address that it cannot decode before anything else runs. */
function refuseAddress(_error: unknown, _request: unknown, reply: RawReply): void {
  const problem = toProblem(400, 'The address of the request cannot be read.');
  reply.hijack();
  reply.raw.writeHead(400, { 'content-type': PROBLEM_TYPE }).end(JSON.stringify(problem));
}

interface RawReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}
