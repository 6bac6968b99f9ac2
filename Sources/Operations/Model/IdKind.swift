import Kernel

/// A kind of public id: its prefix and who owns the rows that it names. A module declares its kinds in an extension.
package struct IdKind: Hashable, Sendable {
  package enum Owner: Hashable, Sendable {
    /// A row of the tenant that the operation is bound to.
    case tenant
    /// A row of a provider table or of the provider's own tenant (staff, calendars, SLA definitions).
    case provider
  }

  package let prefix: String
  package let owner: Owner

  package init(_ prefix: String, owner: Owner) {
    self.prefix = prefix
    self.owner = owner
  }

  /// How people name a thing when they have no id of it.
  package enum Name: Sendable {
    /// The code of a customer: `ACME`.
    case code
    /// The number of a ticket, an article, a contract: see ``ThingNumber``.
    case number
    /// The e-mail address of a person.
    case email
  }

  /// How people name such a thing; nil: by its id only. By the prefix, for a module has kinds of its own for what others have.
  package var name: Name? {
    switch prefix {
    case "cus": .code
    case "inc", "req", "prb", "chg", "rel", "mji", "con", "art": .number
    case "per": .email
    default: nil
    }
  }

  /// A customer, named by its own handle.
  package static let customer = IdKind("cus", owner: .tenant)
  package static let unit = IdKind("unit", owner: .tenant)
  package static let person = IdKind("per", owner: .tenant)
  /// A login or service account of the bound tenant.
  package static let account = IdKind("acc", owner: .tenant)
  /// A login of the provider's staff, or a service account of the provider.
  package static let staff = IdKind("stf", owner: .provider)
  package static let grant = IdKind("grant", owner: .tenant)
  package static let token = IdKind("tok", owner: .tenant)
}
