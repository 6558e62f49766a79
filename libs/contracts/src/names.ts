import { z } from 'zod';

/**
 * A name that becomes a folder of the vault: letters of any script, digits, `.`, `_`, `-` and inner spaces.
 * It never starts with a dot, so that it cannot be `..` nor hide the vault's own folder.
 */
export const FolderName = z
  .string()
  .min(1, 'must not be empty')
  .max(80, 'must have at most 80 characters')
  .regex(
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}._ -]*[\p{L}\p{N}_-])?$/u,
    'may hold letters, digits, ".", "_", "-" and inner spaces, and must begin with a letter or digit',
  )
  .refine((name) => new TextEncoder().encode(name).length <= 200, 'must have at most 200 bytes');

export const AgentId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and "-", at most 63');

/** A snapshot's name: the receiver's clock at its start, second precision, UTC, e.g. `2026-11-22T110500Z`. */
export const SnapshotName = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{6}Z$/);
