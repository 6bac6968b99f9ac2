import Kernel
import Postgres

extension TestDatabase {
  /// How a function of the finder looks for its rows: the plan of its query, of several the last.
  /// - Parameters:
  ///   - given: SQL expressions by argument; the others are null, and a page has 50 rows.
  ///   - isRun: whether the query is run, and the plan tells what it read.
  package func finderPlan(_ function: String, given: Value, isRun: Bool = false) async throws -> [String] {
    try await runAsSuperuser(Self.planner)
    return try await superuser.transaction { try await $0.query(FinderPlan(function: function, given: given, isRun: isRun)) }
  }

  private static let planner = """
    create or replace function public.finder_plan(wanted text, given jsonb, is_run boolean) returns setof text language plpgsql as $$
    declare
      query text;
      value text;
      argument record;
    begin
      select substring(p.prosrc from '.*return query\\s+([^;]*);') into query from pg_proc p where p.pronamespace = 'finder'::regnamespace and p.proname = wanted;
      for argument in
        select a.name, format_type(t.type, null) as type from pg_proc p,
          unnest(p.proargnames[1:p.pronargs]) with ordinality a (name, place) join unnest(p.proargtypes) with ordinality t (type, place) using (place)
        where p.pronamespace = 'finder'::regnamespace and p.proname = wanted
      loop
        execute 'select ' || coalesce(given ->> argument.name, 'null') into value;
        query := regexp_replace(query, '\\m' || argument.name || '\\M',
          coalesce(quote_literal(value) || '::' || argument.type, case argument.name when 'row_limit' then '51' when 'unassigned_only' then 'false' else 'null::' || argument.type end), 'g');
      end loop;
      return query execute case when is_run then 'explain (analyze, buffers) ' else 'explain ' end || query;
    end
    $$;
    """
}

private struct FinderPlan: Statement {
  let function: String
  let given: Value
  let isRun: Bool

  static let sql = "select public.finder_plan($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(function)
    parameters.append(json: given)
    parameters.append(isRun)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
