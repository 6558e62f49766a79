import { Controller, Get, Header, Inject, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { LedgerConnection } from '@periodic-backup/ledger';
import { notReadyReasons, type RedisClient } from '@periodic-backup/platform';
import { LEDGER_CONNECTION, REDIS } from '../connections/tokens.js';
import { RunMetrics } from './run-metrics.js';

/** For whoever supervises the process; open to all, for it tells no one anything worth hiding. */
@ApiExcludeController()
@Controller()
export class HealthController implements OnModuleDestroy {
  #stopping = false;

  constructor(
    @Inject(LEDGER_CONNECTION) private readonly ledger: LedgerConnection,
    @Inject(REDIS) private readonly redis: RedisClient,
    private readonly metrics: RunMetrics,
  ) {}

  onModuleDestroy(): void {
    this.#stopping = true;
  }

  /** The process answers; says nothing of what it depends on. */
  @Get('livez')
  live(): object {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: { code(status: number): unknown }): Promise<object> {
    const reasons = await notReadyReasons({
      postgresql: () => this.ledger.notReadyReason(),
      redis: async () => ((await this.redis.ping()) === 'PONG' ? null : 'Redis gave a strange answer'),
      service: async () => (this.#stopping ? 'it is stopping' : null),
    });
    if (Object.keys(reasons).length === 0) return { status: 'ok' };
    reply.code(503);
    return { status: 'not ready', reasons };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  render(): Promise<string> {
    return this.metrics.render();
  }
}
