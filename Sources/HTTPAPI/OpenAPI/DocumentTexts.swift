import Kernel

/// What the OpenAPI document says besides the operations' own texts.
enum DocumentTexts {
  static let about = Message(
    "openapi.about",
    "Service management for managed service providers. Every operation of the registry is here. Errors are problem documents (RFC 9457) with a stable `code`; `X-Request-Id` of the answer is the correlation id.",
    zh: "面向托管服务商的服务管理平台。注册表中的每个操作都在此列出。错误以问题文档（RFC 9457）返回，带有稳定的 `code`；响应中的 `X-Request-Id` 是关联编号。")
  static let token = Message("openapi.token", "A token: `stw_...`.", zh: "令牌：`stw_...`。")
  static let needs = Message("openapi.permission", "Needs the permission `{permission}`.", zh: "需要权限 `{permission}`。")
  static let needsNothing = Message("openapi.anonymous", "Needs no token.", zh: "无需令牌。")
  static let idempotencyKey = Message(
    "openapi.idempotency_key",
    "1 to 128 visible ASCII characters. A repeated request with the same key is done once and answered alike, for 24 hours.",
    zh: "1 到 128 个可见 ASCII 字符。24 小时内，使用相同键的重复请求只执行一次，并得到相同的响应。")
  static let ifMatch = Message(
    "openapi.if_match", "The ETag of the last read. The change is refused (412) if it has changed since.",
    zh: "最近一次读取的 ETag。若此后内容已变更，则拒绝修改（412）。")
  static let acceptLanguage = Message("openapi.accept_language", "The language of texts: en or zh-Hans.", zh: "文本的语言：en 或 zh-Hans。")
  static let pathId = Message("openapi.path_id", "What is read or acted on.", zh: "所读取或操作的对象。")
  static let good = Message("openapi.good", "Done.", zh: "已完成。")
  static let created = Message("openapi.created", "Made.", zh: "已创建。")
  static let taken = Message("openapi.taken", "Taken: it is kept, and done after this answer.", zh: "已接收：内容已保存，将在响应之后处理。")
  static let eTag = Message("openapi.etag", "The version, for If-Match.", zh: "版本，供 If-Match 使用。")
  static let location = Message("openapi.location", "Where the new thing can be read.", zh: "新对象的读取地址。")
  static let replayed = Message(
    "openapi.replayed", "`true` when this is the stored answer of an earlier request with the same key.", zh: "值为 `true` 表示这是先前使用相同键的请求所存储的响应。")
  static let requestId = Message("openapi.request_id", "The correlation id; a sane one of the request is kept.", zh: "关联编号；若请求中已有合规的编号则沿用。")
  static let retryAfter = Message("openapi.retry_after", "Seconds to wait.", zh: "需等待的秒数。")

  static let batch = Message("openapi.batch", "Do many things by one request.", zh: "用一个请求执行多项操作。")
  static let batchRights = Message(
    "openapi.batch_rights",
    "Each act needs what its operation needs, is done by itself, and has an answer of its own. What fails leaves the others as they are.",
    zh: "每项操作需具备其自身所需的权限，单独执行，并各有响应。失败的操作不影响其他操作。")
  static let batchKey = Message(
    "openapi.batch_key",
    "1 to {most} visible ASCII characters. Sent again with the same key, a batch does what was left and tells the rest from what is kept, for 24 hours.",
    zh: "1 到 {most} 个可见 ASCII 字符。24 小时内使用相同键再次发送时，只执行剩余的操作，其余返回已存储的结果。")
  static let batchDone = Message("openapi.batch_done", "What became of each act.", zh: "每项操作的结果。")

  static let live = Message("openapi.live", "Be told what changes, by server-sent events.", zh: "通过服务器推送事件实时获知变更。")
  static let liveRights = Message(
    "openapi.live_rights",
    "Tickets of all kinds that one may read (permissions {permissions}), as long as one may, and one's own inbox. The stream ends with the token.",
    zh: "在具备权限期间推送可查看的各类工单（权限 {permissions}）以及本人的收件箱。令牌失效时推送结束。")
  static let lastEventId = Message(
    "openapi.last_event_id", "The last `id` that was received: what happened since is told first, or `reset`.",
    zh: "最近收到的 `id`：首先推送其后发生的变更，或 `reset`。")
  static let liveStream = Message("openapi.live_stream", "A stream that does not end by itself.", zh: "不会自行结束的事件流。")
  static let liveData = Message(
    "openapi.live_data",
    "Events of the kinds {kinds}, and in time others, which one leaves aside; `data` is JSON with `kind` and `at`, and of tickets `number`, `version`, the id under the name of its process (`incident`, `request`, `problem`, `change`, `release`, `majorIncident`), and of a customer's own `customer`. After `reset`, read all again.",
    zh: "事件类型：{kinds}，不认识的请忽略；`data` 为 JSON，含 `kind` 和 `at`，工单另含 `number`、`version` 及以流程名命名的编号（如 `majorIncident`），属于客户的还含 `customer`。收到 `reset` 后须重新读取全部内容。")

  static let all = [
    live, liveRights, lastEventId, liveStream, liveData, batch, batchRights, batchKey, batchDone,
    about, token, needs, needsNothing, idempotencyKey, ifMatch, acceptLanguage, pathId, good, created, taken, eTag, location, replayed, requestId, retryAfter,
  ]
}
