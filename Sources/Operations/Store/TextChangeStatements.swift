import Kernel
import Postgres

extension Transaction {
  /// Keeps what an event changed of texts beside the history.
  /// - Parameters:
  ///   - changes: of these only those that are texts are kept.
  ///   - isInternal: whether a customer's people have nothing to read there.
  package func keep(
    _ changes: [FieldChange], of subjectKind: String, _ subject: Int64, seq: Int64, tenant: TenantId, internal isInternal: Bool, at now: Instant
  ) {
    let texts = changes.filter(\.isText)
    guard !texts.isEmpty else { return }
    let kept = KeptTexts(tenant: tenant, subjectKind: subjectKind, subject: subject, seq: seq, changes: texts, now: now)
    if isInternal {
      enqueue(KeepInternalTexts(texts: kept))
    } else {
      enqueue(KeepShownTexts(texts: kept))
    }
  }
}

/// What an event changed of texts.
struct KeptTexts {
  let tenant: TenantId
  let subjectKind: String
  let subject: Int64
  let seq: Int64
  let changes: [FieldChange]
  let now: Instant

  static let columns = """
    (tenant_id, subject_kind, subject_id, seq, field, was, became, recorded_at)
    select $1, $2, $3, $4, x.field, x.was, x.became, $8 from unnest($5::text[], $6::text[], $7::text[]) x (field, was, became)
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subjectKind)
    parameters.append(subject)
    parameters.append(seq)
    parameters.append(changes.map(\.field))
    parameters.append(changes.map(\.was.text))
    parameters.append(changes.map(\.became.text))
    parameters.append(now)
  }
}

struct KeepShownTexts: Statement {
  let texts: KeptTexts
  static let sql = "insert into operations.text_change \(KeptTexts.columns)"
  func bind(to parameters: inout Parameters) { texts.bind(to: &parameters) }
}

struct KeepInternalTexts: Statement {
  let texts: KeptTexts
  static let sql = "insert into operations.internal_text_change \(KeptTexts.columns)"
  func bind(to parameters: inout Parameters) { texts.bind(to: &parameters) }
}

/// What events of a history changed of texts. A customer's transaction reads of the internal ones nothing.
struct TextChangesOfEvents: Statement {
  struct Found: Sendable {
    let seq: Int64
    let field: String
    let was: String?
    let became: String?
  }

  let tenant: TenantId
  let subjectKind: String
  let subject: Int64
  let seqs: [Int64]

  static let sql = """
    select seq, field, was, became from operations.text_change where tenant_id = $1 and subject_kind = $2 and subject_id = $3 and seq = any ($4)
    union all
    select seq, field, was, became from operations.internal_text_change
    where tenant_id = $1 and subject_kind = $2 and subject_id = $3 and seq = any ($4)
    order by seq, field
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subjectKind)
    parameters.append(subject)
    parameters.append(seqs)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(seq: try row.next(), field: try row.next(), was: try row.next(), became: try row.next())
  }
}
