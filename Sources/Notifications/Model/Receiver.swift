import Kernel

/// Somebody who can be told.
package struct Receiver: Sendable {
  enum Who: Hashable, Sendable {
    case staff(Int64)
    case person(Int64)

    /// As it is stored with a notification.
    var name: String {
      switch self {
      case .staff(let id): "a\(id)"
      case .person(let id): "p\(id)"
      }
    }
  }

  let who: Who
  /// For whom words are chosen.
  var side: Side {
    switch who {
    case .staff: .staff
    case .person: .customer
    }
  }
  let publicId: [UInt8]
  let language: Language
  /// Nil: that of the tenant.
  let zone: String?
  let address: String?
  var hasLogin = true
}

extension Receiver {
  /// As whom notifications name somebody who is logged in; nil: he has no inbox, as a program or the operator at the machine.
  package static func name(of principal: Principal) -> String? {
    switch principal.side {
    case .staff: principal.actor.kind == .staff ? Who.staff(principal.actor.id).name : nil
    case .customer: principal.person.map { Who.person($0).name }
    }
  }
}
