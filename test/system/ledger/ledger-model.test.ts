import { describeLedgerModel } from '../../support/describe-ledger-model.ts';

describeLedgerModel(30);
