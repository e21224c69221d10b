import { describeLedgerModel } from '../../support/describe-ledger-model.ts';

// The same ones in every run: each of some planted bugs fell by the fourth scenario.
describeLedgerModel(8, 1688);
