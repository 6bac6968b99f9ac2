import Kernel
import Operations

/// Attachments (附件): files of incidents, requests, problems, changes, releases and major incidents. Whoever may see one of these gets
/// them, the internal ones the staff alone.
package enum AttachmentsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    AddAttachment.self, ReadAttachment.self, ListAttachments.self, DownloadAttachment.self, DeleteAttachment.self,
    ReadAttachmentStorage.self, LimitAttachmentStorage.self,
  ]

  package static let messages = AttachmentsMessages.all

  package static let constraints: [String: Message] = [:]
}

/// Who may what, as with a ticket's comments.
enum AttachmentRights {
  static let everyScope: Set<Grant.ScopeKind> = [.listed, .all, .tenant, .unit, .own]
  static let writers: Set<StockRole> = [.administrator, .accountManager, .engineer, .customerManager, .requester]
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance, .customerManager, .requester]
  static let removers: Set<StockRole> = [.administrator, .accountManager, .engineer]
  /// Seeing a ticket is seeing its files; of what is no incident, by the right to read that: ``SubjectKind/read``.
  static let read = "incident.read"
}
