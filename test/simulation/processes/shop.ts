/** An account of the world: its merchant, and what the merchant hears. */
import type { Merchant } from '../../support/merchant.ts';
import type { MerchantLog } from './merchant-log.ts';

export interface Shop {
  tenantId: string;
  merchant: Merchant;
  log: MerchantLog;
  /** Its key at the bank. */
  bankKey: string;
}
