import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, Delete, Inject, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReceiverStart, ReceiverStopped, ReceiverView } from '@periodic-backup/contracts';
import { listPlans, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { Presence } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { Provisioner } from '../fleet/provisioner.js';
import { ApiProblems } from '../http/api-answers.js';
import { ProblemError, notFound } from '../http/problem.js';
import { ReceiverViews } from '../receivers/receiver-views.js';
import { LauncherLink } from './launcher-link.js';

const ANNOUNCED_WITHIN_MS = 20_000;
const LOOK_AGAIN_MS = 50;

/** Receivers beside the launcher's own, on its machine. */
@ApiTags('receivers')
@ApiProblems(400, 501, 503)
@Controller('api/v1/receivers')
export class ReceiverStartsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly launcher: LauncherLink,
    private readonly presence: Presence,
    private readonly views: ReceiverViews,
    private readonly provisioner: Provisioner,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Start another receiver on this machine, and again whenever "npm start" is',
    description:
      'Only under "npm start", with its checks: port, target directory. A target that another receiver has already is ' +
      'one vault served by both.',
  })
  @ApiCreatedResponse({ description: 'It runs and has announced itself', standardSchema: ReceiverView })
  @ApiProblems(422)
  async start(@Body({ schema: ReceiverStart }) start: z.infer<typeof ReceiverStart>): Promise<ReceiverView> {
    const prepared = await this.launcher.act({ kind: 'prepare-receiver', start });
    if (prepared.kind !== 'prepared') throw new ProblemError(503, 'The launcher is of another version.');
    const { receiverId, credentialsDir: directory } = prepared;
    const member = { role: 'receiver', id: receiverId } as const;
    await this.provisioner.add({ ...member, directory });
    try {
      await this.launcher.act({ kind: 'start-receiver', receiverId, start });
    } catch (error) {
      this.provisioner.forget(member);
      throw error;
    }
    const deadline = performance.now() + ANNOUNCED_WITHIN_MS;
    for (;;) {
      const view = (await this.views.all()).find((one) => one.receiverId === receiverId && one.online);
      if (view) return view;
      if (performance.now() > deadline)
        throw new ProblemError(
          503,
          `The receiver ${receiverId} runs but does not announce itself: look at its log.`,
        );
      await delay(LOOK_AGAIN_MS);
    }
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'Drain, end and forget a receiver that was started through the API; its vault stays',
  })
  @ApiOkResponse({ description: 'It is ended, with what that means', standardSchema: ReceiverStopped })
  @ApiProblems(404, 409)
  async stop(
    @Param('id', { schema: z.string().min(1).max(200) }) receiverId: string,
  ): Promise<z.infer<typeof ReceiverStopped>> {
    const announced = (await this.presence.receivers()).find(
      ({ presence }) => presence.receiverId === receiverId,
    );
    const reply = await this.launcher.act({ kind: 'stop-receiver', receiverId });
    if (reply.kind !== 'stopped') {
      if (!announced) throw notFound('receiver', receiverId);
      throw new ProblemError(
        409,
        `The receiver ${receiverId} was not started through the API: end it where it was started.`,
      );
    }
    this.provisioner.forget({ role: 'receiver', id: receiverId });
    const vaultId = announced?.presence.vaultId ?? null;
    return {
      ...{ receiverId, vaultId, targetDir: reply.targetDir },
      sentence:
        `The receiver ${receiverId} has ended and is not started again. What it wrote stays in ${reply.targetDir}. ${await this.#plansOf(vaultId, receiverId)}`.trim(),
    };
  }

  /** Those that nobody serves any more. */
  async #plansOf(vaultId: string | null, receiverId: string): Promise<string> {
    if (vaultId === null) return '';
    const receivers = await this.presence.receivers();
    const others = receivers.some(
      ({ presence, online }) => online && presence.vaultId === vaultId && presence.receiverId !== receiverId,
    );
    const { total } = await listPlans(this.ledger, { vaultId, limit: 1 });
    if (others || total === 0) return '';
    return `${total === 1 ? 'One plan goes' : `${total} plans go`} there and will wait until a receiver serves it again.`;
  }
}
