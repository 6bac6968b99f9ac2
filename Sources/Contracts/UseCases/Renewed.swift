import Kernel
import Operations
import Postgres
import Renewals
import ServiceTime
import Suppliers
import Tenancy

/// A contract whose term renewals extend, in its newest version: a customer's, or a supplier's. The one place that tells them apart.
enum Renewed: Sendable {
  case customer(ContractRow, lapseTold: Instant?)
  case supplier(UnderpinningRenewal)

  var name: String {
    switch self {
    case .customer(let row, _): row.name
    case .supplier(let contract): contract.name
    }
  }

  var validFrom: Instant {
    switch self {
    case .customer(let row, _): row.validFrom
    case .supplier(let contract): contract.validFrom
    }
  }

  var startsAt: Instant {
    switch self {
    case .customer(let row, _): row.startsAt
    case .supplier(let contract): contract.startsAt
    }
  }

  var endsAt: Instant? {
    switch self {
    case .customer(let row, _): row.endsAt
    case .supplier(let contract): contract.endsAt
    }
  }

  var terms: RenewalTerms {
    switch self {
    case .customer(let row, _): row.renewal
    case .supplier(let contract): contract.terms
    }
  }

  /// What the renewal rule needs to know; nil for a zone that this host does not know.
  var forRenewal: RenewalRule.Contract? {
    switch self {
    case .customer(let row, let lapseTold):
      Zone.named(row.zone).map { zone in
        RenewalRule.Contract(
          state: row.state, startsAt: row.startsAt, endsAt: row.endsAt, terms: row.renewal, zone: zone, knownSince: row.recordedAt,
          newestFrom: row.validFrom, lapseTold: lapseTold)
      }
    case .supplier(let contract): contract.forRenewal
    }
  }
}

extension RenewedContract {
  /// Nil when there is no such contract.
  func newest(of tenant: TenantId, in transaction: Transaction) async throws -> Renewed? {
    switch self {
    case .customer(let id):
      try await transaction.first(NewestVersion(tenant: tenant, contract: id)).map { Renewed.customer($0.contract, lapseTold: $0.lapseTold) }
    case .supplier(let id): try await UnderpinningRenewal.newest(id, in: transaction).map(Renewed.supplier)
    }
  }

  /// Holds it against changes for the length of the transaction.
  /// - Returns: whether there is one.
  func hold(of tenant: TenantId, in transaction: Transaction) async throws -> Bool {
    switch self {
    case .customer(let id): try await transaction.first(HoldContract(tenant: tenant, contract: id)) != nil
    case .supplier(let id): try await UnderpinningRenewal.hold(id, in: transaction)
    }
  }

  /// - Parameter at: when the sweep looks at it again; nil: not before it changes.
  func lookAgain(at: Instant?, of tenant: TenantId, in transaction: Transaction) {
    switch self {
    case .customer(let id): transaction.enqueue(LookAgain(tenant: tenant, contract: id, at: at))
    case .supplier(let id): UnderpinningRenewal.lookAgain(id, at: at, in: transaction)
    }
  }

  /// Keeps of which end of its term people were told that it lapsed.
  func storeLapse(of endsAt: Instant, tenant: TenantId, in transaction: Transaction) {
    switch self {
    case .customer(let id): transaction.enqueue(StoreLapse(tenant: tenant, contract: id, endsAt: endsAt))
    case .supplier(let id): UnderpinningRenewal.storeLapse(id, of: endsAt, in: transaction)
    }
  }
}
