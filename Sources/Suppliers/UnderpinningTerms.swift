import Kernel
import Postgres

/// An underpinning contract in one version, with the targets that a case sent to the supplier can be judged by.
package struct UnderpinningPromise: Sendable {
  /// A promised time. Availability is judged by outages, and is none.
  package struct Target: Hashable, Sendable {
    package enum Budget: Hashable, Sendable {
      /// Seconds of open time of the contract's coverage.
      case seconds(Int64)
      /// The end of the N-th business day of the coverage.
      case businessDays(Int64)
    }

    package let id: Int64
    package let metric: UnderpinningMetric
    /// Ours; nil: any.
    package let priority: Int64?
    package let supplierPriority: String?
    /// Nil: any of the supplier's.
    package let service: Int64?
    package let budget: Budget
    /// The shares of it at whose passing a clock warns.
    package let warnPercents: [Int64]

    package init(
      id: Int64, metric: UnderpinningMetric, priority: Int64?, supplierPriority: String?, service: Int64?, budget: Budget, warnPercents: [Int64]
    ) {
      self.id = id
      self.metric = metric
      self.priority = priority
      self.supplierPriority = supplierPriority
      self.service = service
      self.budget = budget
      self.warnPercents = warnPercents
    }
  }

  package let contract: Int64
  package let version: Int64
  package let supplier: Int64
  /// The coverage; nil: none is agreed.
  package let calendar: Int64?
  package let isInForce: Bool
  package let targets: [Target]
}

/// What suppliers promise at an instant: for those who dispatch to them. Staff only.
package enum UnderpinningTerms {
  /// What a dispatch needs to know about the contract that it names.
  package struct Found: Sendable {
    package let promise: UnderpinningPromise
    /// The services that the contract line rests on and that this contract promises, at the instant.
    package let linkedServices: [Int64]
  }

  /// The contract's version of an instant, and how it is linked to a contract line, in one round trip; nil when there is no such
  /// contract. The transaction is bound to `tenant`.
  package static func found(
    _ contract: PublicId, tenant: TenantId, line: Int64?, at: Instant, in transaction: Transaction
  ) async throws -> Found? {
    let (versions, targets, services) = try await transaction.query(
      UnderpinningVersionAt(publicId: contract, at: at), TimedTargetsAt(publicId: contract, at: at),
      LinkedServicesOfLine(tenant: tenant, line: line, publicId: contract, at: at))
    return versions.first.map { Found(promise: $0.promise(targets), linkedServices: services) }
  }

  /// A version that was chosen before, with its targets.
  package static func version(_ version: Int64, at: Instant, in transaction: Transaction) async throws -> UnderpinningPromise? {
    let (versions, targets) = try await transaction.query(
      UnderpinningVersionOfId(version: version, at: at), TimedTargetsOfVersion(version: version))
    return versions.first?.promise(targets)
  }

  /// A service of a supplier's, by the id that a body gives.
  package static func service(_ service: PublicId, of supplier: Int64, in transaction: Transaction) async throws -> Int64? {
    try await transaction.first(ServiceOfSupplier(publicId: service, supplier: supplier))
  }
}
