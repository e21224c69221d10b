import { describeLedgerModel } from '../../support/describe-ledger-model.ts';

// Each of some planted bugs fell by the fourth scenario; test/system/ledger has more of them.
describeLedgerModel(8, 1688);
