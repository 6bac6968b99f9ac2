import Kernel
import Operations

/// Custom attributes (自定义属性) of tickets: what a provider wants to know of them besides what every ticket has. The module keeps definitions and
/// values, and knows nothing of tickets: whoever opens or changes one asks it.
package enum AttributesModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateAttribute.self, ChangeAttribute.self, RetireAttribute.self, RestoreAttribute.self, ReadAttribute.self, ListAttributes.self,
    ReadAttributeHistory.self,
  ]
  package static let messages: [Message] = AttributeMessages.all
  package static let constraints: [String: Message] = ["definition_key_unique": AttributeMessages.keyTaken]
}

/// The permissions of the module and who holds them in a new installation.
enum AttributeRights {
  static let manage = "attribute.manage"
  /// A key is one for all customers: who serves some of them must not learn what others have.
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let forAll: Set<Grant.ScopeKind> = [.all]
  static let read = "attribute.read"
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance, .customerManager, .requester]
  static let everyScope: Set<Grant.ScopeKind> = [.listed, .all, .tenant, .unit, .own]
}
