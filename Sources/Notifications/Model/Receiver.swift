import Kernel

/// Somebody who can be told.
struct Receiver: Sendable {
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
  let publicId: [UInt8]
  let language: Language
  /// Nil: that of the tenant.
  let zone: String?
  let address: String?
  var hasLogin = true
}
