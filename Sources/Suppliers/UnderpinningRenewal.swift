import Kernel
import Operations
import Postgres
import Renewals
import ServiceTime
import Tenancy

/// A supplier's contract in its newest version that stands, as the renewal of its term needs it. For who decides on renewals.
package struct UnderpinningRenewal: Sendable {
  private let row: UnderpinningRow
  private let lapseTold: Instant?
  private let isSupplierActive: Bool

  package var id: Int64 { row.id }
  package var name: String { row.name }
  package var zone: String { row.zone }
  package var validFrom: Instant { row.validFrom }
  package var startsAt: Instant { row.startsAt }
  package var endsAt: Instant? { row.endsAt }
  package var terms: RenewalTerms { row.renewal }

  /// What the renewal rule needs to know; nil for a zone that this host does not know. With a supplier that is ended nothing is renewed: its
  /// contracts count as ended.
  package var forRenewal: RenewalRule.Contract? {
    guard let zone = Zone.named(row.zone) else { return nil }
    return RenewalRule.Contract(
      state: isSupplierActive ? row.state : .ended, startsAt: row.startsAt, endsAt: row.endsAt, terms: row.renewal, zone: zone, knownSince: row.recordedAt,
      newestFrom: row.validFrom, lapseTold: lapseTold, isEndedWithSupplier: !isSupplierActive && row.state != .ended)
  }

  /// Nil when there is no such contract.
  package static func newest(_ contract: Int64, in transaction: Transaction) async throws -> UnderpinningRenewal? {
    try await transaction.first(NewestUnderpinning(id: contract)).map {
      UnderpinningRenewal(row: $0.row, lapseTold: $0.lapseTold, isSupplierActive: $0.isSupplierActive)
    }
  }

  /// Holds the contract against changes for the length of the transaction.
  /// - Returns: whether there is one.
  package static func hold(_ contract: Int64, in transaction: Transaction) async throws -> Bool {
    try await transaction.first(HoldUnderpinning(id: contract)) != nil
  }

  /// - Parameter at: when its renewal is to be looked at again; nil: not before it changes.
  package static func lookAgain(_ contract: Int64, at: Instant?, in transaction: Transaction) {
    transaction.enqueue(LookAtUnderpinning(id: contract, at: at))
  }

  /// Keeps of which end of its term people were told that it lapsed.
  package static func storeLapse(_ contract: Int64, of endsAt: Instant, in transaction: Transaction) {
    transaction.enqueue(StoreUnderpinningLapse(id: contract, endsAt: endsAt))
  }

  /// A version with another end, with the targets and costs as they were.
  /// - Returns: whether it was written; not when another change came first.
  package func extend(to end: Instant?, validFrom: Instant, tenant: TenantId, actor: Actor, now: Instant, in transaction: Transaction) async throws -> Bool {
    let (advanced, targets, costs) = try await transaction.query(
      AdvanceUnderpinning(id: row.id, version: row.version, now: now), TargetsOfUnderpinnings(versions: [row.versionId]),
      CostsOfUnderpinnings(versions: [row.versionId]))
    let inserted = InsertUnderpinningVersion(
      contract: row.id, validFrom: validFrom, name: row.name, state: row.state, startsAt: row.startsAt, endsAt: end, renewal: row.renewal,
      calendar: row.calendarId, now: now)
    guard let version = advanced.first, let id = try await transaction.first(inserted) else { return false }
    transaction.enqueue(InsertUnderpinningTargets(version: id, targets: targets.map(\.target)))
    transaction.enqueue(InsertUnderpinningCosts(version: id, costs: costs.map(\.cost)))
    transaction.record(
      Event(
        subjectKind: "underpinning_contract", subject: row.id, seq: version, type: "underpinning_contract.extended",
        payload: .object(["endsAt": .instant(end), "validFrom": .instant(validFrom)]), occurredAt: now), tenant: tenant, actor: actor, at: now)
    return true
  }
}

struct NewestUnderpinning: Statement {
  let id: Int64

  static let sql = """
    select \(UnderpinningRow.columns), c.lapse_told, s.state = 'active' from \(UnderpinningRow.tables)
    where c.id = $1 order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) { parameters.append(id) }

  static func decode(_ row: inout RowReader) throws -> (row: UnderpinningRow, lapseTold: Instant?, isSupplierActive: Bool) {
    (try UnderpinningRow(&row), try row.next(), try row.next())
  }
}

struct HoldUnderpinning: Statement {
  let id: Int64

  static let sql = "select version from suppliers.contract where id = $1 for no key update"

  func bind(to parameters: inout Parameters) { parameters.append(id) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Of the contracts with a supplier whose terms are over by now, keeps that they are: when the supplier is active again, none of them is
/// renewed for days on which nothing held, nor told.
struct PassLapsedTerms: Statement {
  let supplier: Int64
  let now: Instant

  static let sql = """
    update suppliers.contract c set lapse_told = v.ends_at
    from suppliers.contract_version v
    where c.supplier_id = $1 and v.contract_id = c.id and v.ends_at <= $2
      and v.valid_from = (select max(n.valid_from) from suppliers.contract_version n where n.contract_id = c.id)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(now)
  }
}

/// Has the renewals of all contracts with a supplier looked at.
struct LookAtUnderpinnings: Statement {
  let supplier: Int64
  let at: Instant

  static let sql = "update suppliers.contract set renewal_look_at = $2 where supplier_id = $1"

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(at)
  }
}

struct LookAtUnderpinning: Statement {
  let id: Int64
  let at: Instant?

  static let sql = "update suppliers.contract set renewal_look_at = $2 where id = $1"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(at)
  }
}

struct StoreUnderpinningLapse: Statement {
  let id: Int64
  let endsAt: Instant

  static let sql = "update suppliers.contract set lapse_told = $2 where id = $1"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(endsAt)
  }
}
