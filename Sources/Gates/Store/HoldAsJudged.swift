import Kernel
import Postgres

/// Which row was judged, as it was read.
package struct JudgedRow: Sendable {
  let tenant: TenantId
  let id: Int64
  let version: Int64

  package init(of tenant: TenantId, _ id: Int64, version: Int64) {
    self.tenant = tenant
    self.id = id
    self.version = version
  }
}

/// Locks the row $2 of the tenant $1 if it still has the version $3; it may have waited for who changed it.
package protocol HoldAsJudged: Statement where Output == Int64 {
  var judged: JudgedRow { get }
}

extension HoldAsJudged {
  package func bind(to parameters: inout Parameters) {
    parameters.append(judged.tenant)
    parameters.append(judged.id)
    parameters.append(judged.version)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
