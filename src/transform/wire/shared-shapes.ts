import { wireList, wireObject } from './wire-shape.ts';

/** The offer's promotion, as search rows and details carry it. */
export const promotionModelShape = wireObject(
  {},
  { class: 'text', hasPromotion: 'flag', promotionType: 'text' },
);

/** What invoices the seller writes. */
export const invoiceInfoShape = wireObject(
  {},
  {
    class: 'text',
    supportOnlineInvoice: 'flag',
    supportFastInvoice: 'flag',
    invoiceTypes: wireList('text'),
    taxpayerType: 'text',
  },
);

/** Scores of a seller that search rows and details have in common; all of them text. */
export const sellerScoreFields = {
  class: 'text',
  tradeMedalLevel: 'text',
  compositeServiceScore: 'text',
  logisticsExperienceScore: 'text',
  disputeComplaintScore: 'text',
  offerExperienceScore: 'text',
  afterSalesExperienceScore: 'text',
  consultingExperienceScore: 'text',
  repeatPurchasePercent: 'text',
} as const;
