import Kernel
import Operations

/// Handbooks of processes (流程手册): one draft for each process, and editions that never change.
package enum HandbooksModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateHandbook.self, ChangeHandbook.self, PublishHandbook.self, ConfirmHandbook.self, ReadHandbook.self, OverviewOfHandbooks.self, ListEditions.self,
    CompareEditions.self, ExportHandbook.self, ReadOwnership.self, SetOwnership.self,
  ]
  package static let messages = HandbookMessages.all + HandbookWords.all + ProcessWords.all + EditionWords.all + RuleWords.all
  package static let constraints: [String: Message] = ["handbook_process_unique": HandbookMessages.taken]
}

/// The permissions of the module and who holds them in a new installation: those of the catalogue.
enum HandbookRights {
  static let manage = "handbook.manage"
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let read = "handbook.read"
  static let staff: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
  /// A process is the same for all customers, so only those who may act for all write its handbook.
  static let everyone: Set<Grant.ScopeKind> = [.all]
}

package enum HandbookMessages: MessageCatalog {
  static let taken = Message("handbook.taken", "This process has a handbook already.", zh: "该流程已有手册。")
  static let nothingToChange = Message("handbook.nothing_to_change", "Nothing is changed.", zh: "没有任何变更。")
  static let notStaff = Message("handbook.not_staff", "Only active members of the staff stand in a handbook.", zh: "手册中只能列出在职的服务商人员。")
  static let twice = Message("handbook.twice", "“{value}” is there already.", zh: "“{value}”重复。")
  static let needed = Message("handbook.needed", "An edition needs it: exactly one member of the staff.", zh: "发布版本时必填：须为一名服务商人员。")
  static let bothLanguages = Message("handbook.both_languages", "A principle is published in English and in Chinese.", zh: "原则发布时须同时有英文和中文。")
  static let nothingNew = Message("handbook.nothing_new", "The newest edition says all of this, and nothing else is in force.", zh: "最新版本内容与此相同，生效内容亦无变化。")
  static let notPublished = Message("handbook.not_published", "No edition of this handbook is published yet.", zh: "该手册尚未发布任何版本。")
  static let noEdition = Message("handbook.no_edition", "There is no edition {edition}; the newest one is {newest}.", zh: "没有第 {edition} 版；最新为第 {newest} 版。")
  static let unreadable = Message(
    "handbook.unreadable", "This version of the program cannot read what was written; publish it anew, or use the version that wrote it.",
    zh: "当前程序版本无法读取该内容：请重新发布，或使用写入该内容的版本。")
  static let ownerLeft = Message("ownership.left", "Only who is still there answers for anything.", zh: "只有在职人员可以担任负责人。")
  static let ownerMayNotWork = Message(
    "ownership.may_not_work", "Who answers for what nobody has taken must be able to work on it for all customers: no grant gives them {permission} for all.",
    zh: "无人认领时的负责人必须能处理所有客户的记录：对方没有面向全部客户的 {permission} 权限。")
  static let draftOrEdition = Message("handbook.draft_or_edition", "Say the draft or an edition, not both.", zh: "草稿与版本只能指定其一。")

  package static let all = [
    taken, nothingToChange, notStaff, twice, needed, bothLanguages, nothingNew, notPublished, noEdition, draftOrEdition, unreadable, ownerLeft, ownerMayNotWork,
  ]
}
