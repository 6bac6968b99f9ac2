import Renewals

/// The templates of contracts with suppliers.
enum UnderpinningTemplates: TemplateShelf {
  static let schema = "suppliers"
}

typealias InsertTemplate = Renewals.InsertTemplate<UnderpinningTemplates>
typealias InsertTemplateVersion = Renewals.InsertTemplateVersion<UnderpinningTemplates>
typealias TemplateRow = Renewals.TemplateRow<UnderpinningTemplates>
typealias TemplateByPublicId = Renewals.TemplateByPublicId<UnderpinningTemplates>
typealias TemplatesByName = Renewals.TemplatesByName<UnderpinningTemplates>
typealias AdvanceTemplate = Renewals.AdvanceTemplate<UnderpinningTemplates>
