import Kernel
import Postgres

/// Something went to triage, and that is to be told. The source is held: whoever tells of it at this moment has told what he saw, and this is told next
/// time. Where it is known already nothing is written, however much comes.
struct NoteTriage: Statement {
  let provider: TenantId
  let source: Int64
  let now: Instant

  static let sql = "update events.source set triage_since = $3 where tenant_id = $1 and id = $2 and triage_since is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(now)
  }
}

/// Sources of which something went to triage that nobody was told of, and nothing was told since an instant.
struct SourcesWithTriage: Statement {
  let provider: TenantId
  let until: Instant

  static let sql = """
    select s.id from events.source s where s.tenant_id = $1 and s.triage_since is not null and coalesce(s.triage_told_at <= $2, true)
    order by s.triage_since, s.id limit 500
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(until)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same of one of them, held; no row when it was told meanwhile.
struct HoldTriage: Statement {
  let provider: TenantId
  let source: Int64
  let until: Instant

  static let sql = """
    select s.id from events.source s
    where s.tenant_id = $1 and s.id = $2 and s.triage_since is not null and coalesce(s.triage_told_at <= $3, true) for no key update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(until)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// There is nothing more to tell of it until something else comes. Its version stays: who is at it has nothing to see anew.
struct EndTriageNews: Statement {
  let provider: TenantId
  let source: Int64
  /// Nil: somebody had sorted it all, and nobody is told.
  let toldAt: Instant?

  static let sql = """
    update events.source set triage_since = null, triage_told_at = coalesce($3, triage_told_at) where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(toldAt)
  }
}

/// Sources of which something is ignored soon, with when that was told last: what waits since before an instant.
struct SourcesWithOldTriage: Statement {
  let provider: TenantId
  let before: Instant
  let until: Instant

  static let sql = """
    select s.id, s.triage_expiry_before from events.source s
    where s.tenant_id = $1 and coalesce(s.triage_expiry_before <= $3, true) and exists (
      select from events.received r where r.tenant_id = s.tenant_id and r.source_id = s.id and r.state = 'triage' and r.recorded_at < $2
        and r.recorded_at >= coalesce(s.triage_expiry_before, '-infinity'))
    order by s.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(before)
    parameters.append(until)
  }

  static func decode(_ row: inout RowReader) throws -> (source: Int64, toldBefore: Instant?) { (try row.next(), try row.next()) }
}

/// Takes the telling upon itself; no row when it was told meanwhile.
struct TakeOldTriage: Statement {
  let provider: TenantId
  let source: Int64
  let before: Instant
  let until: Instant

  static let sql = """
    update events.source set triage_expiry_before = $3 where tenant_id = $1 and id = $2 and coalesce(triage_expiry_before <= $4, true) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(before)
    parameters.append(until)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// How many events of a source are in triage, and how many of them tell that something goes on, counted up to `limit`.
struct TriageOfSource: Statement {
  let provider: TenantId
  let source: Int64
  /// Nil: whenever they were delivered.
  let since: Instant?
  let before: Instant?
  let limit: Int64

  static let sql = """
    select count(*), count(*) filter (where t.is_firing) from (
      select r.is_firing from events.received r
      where r.tenant_id = $1 and r.source_id = $2 and r.state = 'triage' and r.recorded_at >= coalesce($3, '-infinity'::timestamptz)
        and r.recorded_at < coalesce($4, 'infinity'::timestamptz) limit $5) t
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(since)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> (events: Int64, firing: Int64) { (try row.next(), try row.next()) }
}
