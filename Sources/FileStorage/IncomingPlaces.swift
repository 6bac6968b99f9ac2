import Kernel
import Operations
import Synchronization

/// How many files may be on their way at once, in all, for each tenant and for each sender: each costs some memory and, until it is
/// whole, disk that no quota counts. Some are the staff's, so that no customer's people keep them out.
final class IncomingPlaces: Sendable {
  /// Given back when it goes.
  final class Place: Sendable {
    private let tenant: TenantHandle
    private let sender: FileSender
    private let places: IncomingPlaces
    private let isTaken = Atomic(true)

    fileprivate init(_ tenant: TenantHandle, _ sender: FileSender, _ places: IncomingPlaces) {
      self.tenant = tenant
      self.sender = sender
      self.places = places
    }

    deinit { giveBack() }

    func giveBack() {
      guard isTaken.exchange(false, ordering: .acquiringAndReleasing) else { return }
      places.giveBack(tenant, sender)
    }
  }

  private struct Taken {
    var all = 0
    var ofTenant: [TenantHandle: Int] = [:]
    var ofSender: [FileSender: Int] = [:]
  }

  static let most = 64
  static let mostOfTenant = 8
  static let mostOfSender = 3
  /// Of all, and of a tenant's, those that the staff alone may take.
  static let forStaff = 16
  static let forStaffOfTenant = 2
  private static let retryAfterSeconds = 5

  private let taken = Mutex(Taken())

  func take(for tenant: TenantHandle, from sender: FileSender) throws(Failure) -> Place {
    let isThere = taken.withLock { taken in
      guard taken.all < Self.most - (sender.isStaff ? 0 : Self.forStaff),
        taken.ofTenant[tenant, default: 0] < Self.mostOfTenant - (sender.isStaff ? 0 : Self.forStaffOfTenant),
        taken.ofSender[sender, default: 0] < Self.mostOfSender
      else { return false }
      taken.all += 1
      taken.ofTenant[tenant, default: 0] += 1
      taken.ofSender[sender, default: 0] += 1
      return true
    }
    guard isThere else {
      throw Failure(
        .limited, OperationMessages.tooManyFiles, ["seconds": String(Self.retryAfterSeconds)], retryAfterSeconds: Self.retryAfterSeconds)
    }
    return Place(tenant, sender, self)
  }

  private func giveBack(_ tenant: TenantHandle, _ sender: FileSender) {
    taken.withLock { taken in
      taken.all -= 1
      Self.takeOne(from: &taken.ofTenant, tenant)
      Self.takeOne(from: &taken.ofSender, sender)
    }
  }

  private static func takeOne<Key>(from counts: inout [Key: Int], _ key: Key) {
    let left = counts[key, default: 1] - 1
    counts[key] = left > 0 ? left : nil
  }
}
