import { sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import type { Receipt } from './receipt.js';

/** Signs a receipt with the vault's Ed25519 private key. */
export function signReceipt(receipt: Omit<Receipt, 'signature'>, privateKey: KeyObject): Receipt {
  const signature = sign(null, Buffer.from(canonicalJson(receipt)), privateKey).toString('base64url');
  return { ...receipt, signature };
}

/** True if the vault's key made this receipt and nothing in it was changed. */
export function receiptIsGenuine(receipt: Receipt, publicKey: KeyObject): boolean {
  const { signature, ...claims } = receipt;
  return verify(null, Buffer.from(canonicalJson(claims)), publicKey, Buffer.from(signature, 'base64url'));
}
