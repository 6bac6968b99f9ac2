import Renewals

/// The templates of contracts with customers.
enum ContractTemplates: TemplateShelf {
  static let schema = "contracts"
}

typealias InsertTemplate = Renewals.InsertTemplate<ContractTemplates>
typealias InsertTemplateVersion = Renewals.InsertTemplateVersion<ContractTemplates>
typealias TemplateRow = Renewals.TemplateRow<ContractTemplates>
typealias TemplateByPublicId = Renewals.TemplateByPublicId<ContractTemplates>
typealias TemplatesByName = Renewals.TemplatesByName<ContractTemplates>
typealias AdvanceTemplate = Renewals.AdvanceTemplate<ContractTemplates>
