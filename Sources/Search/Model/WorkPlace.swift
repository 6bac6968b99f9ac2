import Desk
import Kernel

/// Where something stands in the queue over all processes.
struct WorkPlace: Hashable, Sendable {
  let process: WorkProcess
  /// Whose row it is: of a problem and a change the provider.
  let tenant: TenantId
  let id: Int64
  /// Nil: nothing is due; it stands behind all that is.
  let dueAt: Instant?
  /// When it was opened or submitted, or could be done.
  let since: Instant

  /// Whether it comes before another: the next due first, then the one that has waited longest, then by processes, then by keys.
  func comesBefore(_ other: WorkPlace) -> Bool {
    if dueAt != other.dueAt {
      guard let dueAt else { return false }
      return other.dueAt.map { dueAt < $0 } ?? true
    }
    if since != other.since { return since < other.since }
    if process != other.process { return process.rank < other.process.rank }
    if tenant != other.tenant { return tenant < other.tenant }
    return id < other.id
  }

  /// The key behind which those of a process go on after this one.
  func key(for other: WorkProcess) -> Key {
    // All that can never be due comes behind what is.
    if !other.isDated, dueAt != nil { return .first }
    if process == other { return Key(tenant: tenant.rawValue, id: id) }
    // Of its instants all of an earlier process were shown, and none of a later one.
    return other.rank < process.rank ? Key(tenant: .max, id: .max) : .first
  }

  struct Key: Hashable, Sendable {
    let tenant: Int64
    let id: Int64

    /// Before all that there are.
    static let first = Key(tenant: 0, id: 0)
  }

  var cursor: PageCursor {
    PageCursor([.integer(dueAt?.microseconds), .integer(since.microseconds), .text(process.rawValue), .integer(tenant.rawValue), .integer(id)])
  }
}

extension WorkPlace {
  init(_ cursor: PageCursor) throws {
    dueAt = cursor.keys.first?.integer.map { Instant(microseconds: $0) }
    since = try cursor.instant(1)
    process = WorkProcess(rawValue: try cursor.text(2)) ?? .incident
    tenant = TenantId(try cursor.integer(3))
    id = try cursor.integer(4)
  }
}

/// Of whom a caller sees some processes.
struct WorkSight: Sendable {
  var processes: [WorkProcess]
  /// Nil: of every customer.
  let tenants: [Int64]?
}
