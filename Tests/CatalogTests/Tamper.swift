import Kernel
import Postgres

/// Changes what is published, as nobody may.
struct Tamper: Statement {
  static let sql = "update catalog.offering_version set seq = seq + 1"

  func bind(to parameters: inout Parameters) {}
}

/// Takes what is published away, as nobody may.
struct Destroy: Statement {
  static let sql = "delete from catalog.offering_version"

  func bind(to parameters: inout Parameters) {}
}

/// What a side can read of what is being written and of how requests are fulfilled.
struct HiddenRows: Statement {
  static let sql = """
    select (select count(*) from catalog.offering_draft) + (select count(*) from catalog.fulfilment_task)
      + (select count(*) from catalog.service where operation_on is null)
    """

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
