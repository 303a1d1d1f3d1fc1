import { useTranslation } from "react-i18next";
import { SelectField } from "./Field";
import { topicTitle, useTopics } from "./terms";

/** One topic of the tree, by its areas. */
export function TopicField({
  id,
  value,
  onChange,
  error,
}: {
  id?: string;
  value: string;
  onChange: (code: string) => void;
  error?: string | undefined;
}) {
  const { t } = useTranslation();
  const { list } = useTopics();
  const areas = list.filter((topic) => topic.parent_code === null);
  return (
    <SelectField
      {...(id ? { id } : {})}
      label={t("need.topic")}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    >
      <option value="">{t("common.choose")}</option>
      {areas.map((area) => (
        <optgroup key={area.code} label={topicTitle(area)}>
          {list
            .filter((topic) => topic.parent_code === area.code)
            .map((topic) => (
              <option key={topic.code} value={topic.code}>
                {topicTitle(topic)}
              </option>
            ))}
        </optgroup>
      ))}
    </SelectField>
  );
}
