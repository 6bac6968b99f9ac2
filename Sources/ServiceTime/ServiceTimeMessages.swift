import Kernel

/// What can be wrong with a calendar. The texts are shown beside the field that a violation's path names.
package enum ServiceTimeMessages: MessageCatalog {
  package static let unknownZone = Message(
    "calendar.unknown_zone", "“{zone}” is not a time zone of the IANA database, such as Europe/Berlin or UTC.",
    zh: "“{zone}”不是 IANA 数据库中的时区，例如 Europe/Berlin 或 UTC。")
  package static let badTime = Message(
    "calendar.bad_time", "A time is written HH:MM, from 00:00 to 24:00.", zh: "时间格式为 HH:MM，范围从 00:00 到 24:00。")
  package static let badOpening = Message(
    "calendar.bad_opening", "An opening is a pair of times: [\"09:00\", \"17:00\"].", zh: "开放时段是一对时间：[\"09:00\", \"17:00\"]。")
  package static let openingOrder = Message(
    "calendar.opening_order", "An opening must end after it begins.", zh: "开放时段的结束时间必须晚于开始时间。")
  package static let tooManyOpenings = Message(
    "calendar.too_many_openings", "A day has at most {limit} openings.", zh: "一天最多有 {limit} 个开放时段。")
  package static let badDate = Message(
    "calendar.bad_date", "A date is written yyyy-mm-dd and lies between 1970 and 9999.", zh: "日期格式为 yyyy-mm-dd，且在 1970 年至 9999 年之间。")
  package static let duplicateDate = Message(
    "calendar.duplicate_date", "{date} is listed more than once.", zh: "{date} 重复出现。")
  package static let tooManyExceptions = Message(
    "calendar.too_many_exceptions", "A calendar has at most {limit} exceptions.", zh: "一个日历最多有 {limit} 个例外日期。")
  package static let badName = Message(
    "calendar.bad_name", "A name is an object with texts under “en” or “zh-Hans” or both, each of 1 to {limit} characters.",
    zh: "名称是一个对象，包含“en”或“zh-Hans”的文本（或两者都有），每项 1 至 {limit} 个字符。")
  package static let missing = Message("calendar.missing", "This field is required.", zh: "此字段必填。")
  package static let unknownField = Message("calendar.unknown_field", "A calendar has no such field.", zh: "日历没有此字段。")
  package static let duplicateField = Message("calendar.duplicate_field", "This field appears more than once.", zh: "此字段重复出现。")
  package static let wrongType = Message("calendar.wrong_type", "This must be {expected}.", zh: "此处必须是 {expected}。")

  package static let all = [
    unknownZone, badTime, badOpening, openingOrder, tooManyOpenings, badDate, duplicateDate, tooManyExceptions, badName, missing, unknownField,
    duplicateField, wrongType,
  ]
}
