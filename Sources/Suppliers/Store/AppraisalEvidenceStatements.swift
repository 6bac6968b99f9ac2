import BillingEngine
import Kernel
import Postgres

struct InsertAppraisalEvidence: Statement {
  let tenant: TenantId
  let appraisal: Int64
  let evidence: [AppraisalEvidenceRow]

  static let sql = """
    insert into suppliers.appraisal_evidence
      (tenant_id, appraisal_id, seq, criterion, kind, record_public_id, record_version, other_tenant_id, other_id, label, from_at, to_at, amount, currency)
    select $1, $2, e.seq, e.criterion, e.kind, e.record, e.record_version, e.other_tenant, e.other, e.label, e.from_at, e.to_at, e.amount, e.currency
    from unnest($3::text[], $4::text[], $5::bytea[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::timestamptz[], $11::timestamptz[],
        $12::text[], $13::text[]) with ordinality
      as e (criterion, kind, record, record_version, other_tenant, other, label, from_at, to_at, amount, currency, seq)
    returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(appraisal)
    parameters.append(evidence.map(\.criterion))
    parameters.append(evidence.map(\.kind))
    parameters.append(evidence.map(\.record))
    parameters.append(evidence.map(\.recordVersion))
    parameters.append(evidence.map(\.otherTenant))
    parameters.append(evidence.map(\.other))
    parameters.append(evidence.map(\.label))
    parameters.append(evidence.map(\.from))
    parameters.append(evidence.map(\.to))
    parameters.append(evidence.map(\.amount))
    parameters.append(evidence.map(\.currency))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A record behind a figure as its columns.
struct AppraisalEvidenceRow: Sendable {
  let criterion: String
  let kind: String
  let record: [UInt8]?
  let recordVersion: Int64?
  let otherTenant: Int64?
  let other: Int64?
  let label: String
  let from: Instant?
  let to: Instant?
  /// In minor units, exact.
  let amount: String?
  let currency: String?

  init(_ criterion: String, _ evidence: SupplierFacts.Evidence) {
    self.criterion = criterion
    switch evidence.source {
    case .outage(let publicId, let version): (kind, record, recordVersion, otherTenant, other) = ("outage", publicId, version, nil, nil)
    case .entry(let publicId): (kind, record, recordVersion, otherTenant, other) = ("entry", publicId, nil, nil, nil)
    case .plan: (kind, record, recordVersion, otherTenant, other) = ("plan", nil, nil, nil, nil)
    case .turn(let tenant, let clock): (kind, record, recordVersion, otherTenant, other) = ("turn", nil, nil, tenant.rawValue, clock)
    }
    label = evidence.label
    from = evidence.from
    to = evidence.to
    // What does not fit is none, and says so.
    amount = evidence.currency == nil ? nil : evidence.amount?.description ?? "-"
    currency = evidence.currency?.code
  }

  init(_ row: inout RowReader) throws {
    criterion = try row.next()
    kind = try row.next()
    record = try row.next()
    recordVersion = try row.next()
    otherTenant = try row.next()
    other = try row.next()
    label = try row.next()
    from = try row.next()
    to = try row.next()
    amount = try row.next()
    currency = try row.next()
  }
}

struct EvidenceOfAppraisal: Statement {
  struct Found: Sendable {
    let seq: Int64
    let columns: AppraisalEvidenceRow
  }

  let tenant: TenantId
  let appraisal: Int64
  let afterSeq: Int64
  let limit: Int64

  static let sql = """
    select e.seq, e.criterion, e.kind, e.record_public_id, e.record_version, e.other_tenant_id, e.other_id, e.label, e.from_at, e.to_at, e.amount, e.currency
    from suppliers.appraisal_evidence e where e.tenant_id = $1 and e.appraisal_id = $2 and e.seq > $3 order by e.seq limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(appraisal)
    parameters.append(afterSeq)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(seq: try row.next(), columns: try AppraisalEvidenceRow(&row)) }
}
