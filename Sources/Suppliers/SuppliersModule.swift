import BillingEngine
import Kernel
import Operations

/// Suppliers (合作伙伴): who they are, what their contracts promise, what of theirs was down, and what rests on them.
package enum SuppliersModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateSupplier.self, ReadSupplier.self, ListSuppliers.self, ChangeSupplier.self,
    AddSupplierContact.self, EndSupplierContact.self, ListSupplierContacts.self,
    RecordCertification.self, EndCertification.self, ListCertifications.self, DueCertifications.self,
    AddSupplierService.self, ListSupplierServices.self,
    CreateUnderpinningContract.self, ReadUnderpinningContract.self, ListUnderpinningContracts.self, ReviseUnderpinningContract.self,
    AddUnderpinningContact.self, EndUnderpinningContact.self, ListUnderpinningContacts.self,
    CreateUnderpinningTemplate.self, ReadUnderpinningTemplate.self, ListUnderpinningTemplates.self, ReviseUnderpinningTemplate.self,
    AddSupplierLink.self, EndSupplierLink.self, ListSupplierLinks.self,
    RecordOutage.self, ChangeOutage.self, ReadOutage.self, ListOutages.self, ImportOutages.self,
    ReadAvailability.self,
    RecordSupplierEntry.self, ReverseSupplierEntry.self, ListSupplierEntries.self,
    CreateAppraisalScheme.self, ReadAppraisalScheme.self, ListAppraisalSchemes.self, ReviseAppraisalScheme.self,
    OpenAppraisal.self, AssessAppraisal.self, CloseAppraisal.self, RestateAppraisal.self, DiscardAppraisal.self,
    ReadAppraisal.self, ListAppraisals.self, CompareAppraisals.self, ListAppraisalEvidence.self, ExplainAppraisal.self,
    ListAppraisalActions.self, ChangeAppraisalAction.self, FinishAppraisalAction.self,
  ]

  package static let messages = SuppliersMessages.all + AppraisalWords.all

  package static let constraints: [String: Message] = [
    "supplier_code_unique": SuppliersMessages.codeTaken,
    "service_name_unique": SuppliersMessages.serviceTaken,
    "contract_reference_unique": SuppliersMessages.referenceTaken,
    "underpinning_template_name_unique": SuppliersMessages.templateTaken,
    "entry_reverses_unique": SuppliersMessages.alreadyReversed,
    "appraisal_scheme_name_unique": SuppliersMessages.schemeTaken,
    "appraisal_draft_unique": SuppliersMessages.draftThere,
    "appraisal_closed_unique": SuppliersMessages.closedMeanwhile,
  ]
}

/// The permissions of the module and who holds them in a new installation.
enum SupplierRights {
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let staff: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
  static let money: Set<StockRole> = [.administrator, .finance]
  /// A supplier serves any customer, so only those who may act for all change it.
  static let everyone: Set<Grant.ScopeKind> = [.all]
}
