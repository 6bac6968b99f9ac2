import Kernel
import Postgres
import Tenancy

/// Keeps the month partitions of the append-only tables a year ahead.
package struct PartitionSweep: Sweep {
  package static let kind = "operations.partitions"
  package static let everySeconds: Int64 = 86_400
  package static let mayBeScheduled = true

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    try await tenancy.transaction(binding: [], side: .staff) { transaction in
      _ = try await transaction.first(EnsurePartitions(first: now, months: 12))
    }
  }
}

package struct EnsurePartitions: Statement {
  package let first: Instant
  package let months: Int32

  package init(first: Instant, months: Int32) {
    self.first = first
    self.months = months
  }

  package static let sql = "select operations.ensure_partitions($1, $2)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(first)
    parameters.append(months)
  }

  package static func decode(_ row: inout RowReader) throws -> Int32 { try row.next() }
}

/// How many whole months ahead every append-only table has a partition; readiness is red below two.
package struct PartitionMonthsAhead: Statement {
  package let now: Instant

  package init(now: Instant) {
    self.now = now
  }

  package static let sql = "select operations.partition_months_ahead($1)"

  package func bind(to parameters: inout Parameters) { parameters.append(now) }

  package static func decode(_ row: inout RowReader) throws -> Int32 { try row.next() }
}
